namespace HybridStore.LoadTest.Traces;

/// <summary>A record of the model: how large it is, and how often it was written.</summary>
/// <param name="Key">Which record.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Edition">Grows with each write that changes it; its content depends on it.</param>
internal readonly record struct StateRecord(AuthKey Key, int Size, int Edition);
