namespace HybridStore.Redis.Hot;

internal static class SessionControl
{
    public const string Format = "1";
}
