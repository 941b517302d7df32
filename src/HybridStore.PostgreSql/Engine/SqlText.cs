using System.Collections.Concurrent;

namespace HybridStore.PostgreSql.Engine;

/// <summary>The SQL files of this library, for one schema. In the files it is called <c>hybridstore</c>, so that they run as they stand.</summary>
internal sealed class SqlText(string schema)
{
    private readonly string _prefix = SchemaName.Quote(schema) + ".";
    private readonly ConcurrentDictionary<string, string> _texts = new();

    /// <summary>The text of a file.</summary>
    /// <param name="name">Its name, without <c>.sql</c>.</param>
    public string this[string name] => _texts.GetOrAdd(name, static (name, self) => self.For(Load(name)), this);

    /// <summary>A call of a function of the schema.</summary>
    /// <param name="name">The function, with its version.</param>
    /// <param name="parameters">How many parameters it has.</param>
    public string Call(string name, int parameters) => _texts.GetOrAdd(
        name, (name, self) => self.For($"SELECT * FROM hybridstore.{name}({string.Join(", ", Enumerable.Range(1, parameters).Select(static i => $"${i}"))})"), this);

    private static string Load(string name)
    {
        using var stream = typeof(SqlText).Assembly.GetManifestResourceStream(name + ".sql")
            ?? throw new InvalidOperationException($"There is no file {name}.sql in this library.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private string For(string text) => text.Replace("hybridstore.", _prefix, StringComparison.Ordinal);
}
