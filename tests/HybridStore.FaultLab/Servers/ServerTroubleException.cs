namespace HybridStore.FaultLab.Servers;

/// <summary>A server does not come to do what the laboratory wants of it, for instance since the machine has no time for it. Nothing is said by that about the store.</summary>
internal sealed class ServerTroubleException(string message) : Exception(message);
