namespace HybridStore.Properties.Support;

/// <summary>Bytes that print as C#.</summary>
internal sealed record Blob(byte[] Bytes)
{
    public override string ToString() => $"Convert.FromHexString(\"{Convert.ToHexString(Bytes)}\")";
}
