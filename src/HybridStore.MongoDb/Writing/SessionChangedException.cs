namespace HybridStore.MongoDb.Writing;

/// <summary>The session's document is not what the transaction has read: it is to begin again.</summary>
internal sealed class SessionChangedException : Exception;
