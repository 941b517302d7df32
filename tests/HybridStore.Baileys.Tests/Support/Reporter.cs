namespace HybridStore.Baileys.Tests;

/// <summary>Progress at once: <see cref="Progress{T}"/> posts it to some other thread, some time.</summary>
internal sealed class Reporter(Action<BaileysProgress> report) : IProgress<BaileysProgress>
{
    public Reporter(List<BaileysProgress> reports)
        : this(reports.Add)
    {
    }

    public void Report(BaileysProgress value) => report(value);
}
