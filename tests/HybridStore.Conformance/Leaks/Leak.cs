namespace HybridStore.Conformance.Leaks;

/// <summary>A secret that came out.</summary>
/// <param name="Where">Where it was found: a log message by its number, a file, a table, ...</param>
/// <param name="Secret">What it is; never a part of it.</param>
/// <param name="Form">How it was written there.</param>
public sealed record Leak(string Where, string Secret, string Form)
{
    /// <summary>The same in words.</summary>
    public override string ToString() => $"{Where} shows {Secret}, {Form}.";
}
