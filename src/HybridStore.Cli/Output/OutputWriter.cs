using HybridStore.Baileys;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Output;

/// <summary>Standard output, in one of its forms.</summary>
internal abstract class OutputWriter : IDisposable
{
    /// <summary>Does something that takes a while, and shows how far it is if somebody looks.</summary>
    public virtual Task<T> WithProgressAsync<T>(string what, Func<IProgress<BaileysProgress>?, Task<T>> work) => work(null);

    public abstract void Report<T>(T report)
        where T : IReport<T>;

    /// <summary>Writes things as they come.</summary>
    public abstract Task ListAsync<T>(IAsyncEnumerable<T> rows)
        where T : IRow<T>;

    /// <summary>Writes things as they come, and after the last one what there is to say of all. To programs, both are one document.</summary>
    /// <param name="rows">The things.</param>
    /// <param name="name">What they are, as JSON names it.</param>
    /// <param name="report">Made when all have come.</param>
    public abstract Task ListAsync<T, TReport>(IAsyncEnumerable<T> rows, string name, Func<TReport> report)
        where T : IRow<T>
        where TReport : IReport<TReport>;

    /// <summary>Tells a program that it failed; people read it from standard error.</summary>
    public virtual void Error(ErrorReport error)
    {
    }

    public abstract void Dispose();
}
