using System.Text.Json.Serialization.Metadata;
using HybridStore.Cli.Output;

namespace HybridStore.Cli.Reports;

/// <summary>What a command has to say at its end, for programs and for people.</summary>
internal interface IReport<TSelf>
    where TSelf : IReport<TSelf>
{
    static abstract JsonTypeInfo<TSelf> Json { get; }

    void Describe(IText text);
}

/// <summary>One of many things of a kind, that may be more than fit in memory.</summary>
internal interface IRow<TSelf>
    where TSelf : IRow<TSelf>
{
    static abstract JsonTypeInfo<TSelf> Json { get; }

    static abstract IReadOnlyList<Column> Columns { get; }

    IReadOnlyList<string> ToCells();
}
