using HybridStore.Codec;
using Microsoft.Data.Sqlite;

namespace HybridStore.Cli.Tests;

/// <summary>A folder of its own with a database, a master key and a folder to import; runs the tool on them.</summary>
public sealed class Bench : IDisposable
{
    public const string Session = "clinic-7/reception";

    private static readonly string Sample = FindSample();

    public Bench()
    {
        Folder = Directory.CreateTempSubdirectory("hybridstore-cli-").FullName;
        Database = Path.Join(Folder, "auth.db");
        Environment["HYBRIDSTORE_MASTER_KEY"] = NewKey();
        Environment["HYBRIDSTORE_COLD"] = $"sqlite:{Database}";
    }

    public string Folder { get; }

    public string Database { get; }

    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>The sample's 175 files; only read it.</summary>
    public static string AuthInfo => Sample;

    public static string NewKey()
    {
        using var key = MasterKey.Generate();
        return key.ToBase64();
    }

    /// <summary>Whether each run is a process of its own, as it is for users, and not one of many in a process.</summary>
    public bool StartsProcesses { get; init; }

    public Task<ToolRun> RunAsync(params string[] arguments) =>
        StartsProcesses ? ToolRun.StartAsync(arguments, Environment) : ToolRun.RunAsync(arguments, Environment);

    public async Task ImportAsync(string session = Session) => (await RunAsync("import", AuthInfo, "--session", session)).Succeeded();

    public string PathOf(string name) => Path.Join(Folder, name);

    /// <summary>A copy of the sample that a test may spoil.</summary>
    public string CopyOfAuthInfo()
    {
        var copy = Directory.CreateDirectory(PathOf("copy")).FullName;
        foreach (var file in Directory.EnumerateFiles(AuthInfo))
            File.Copy(file, Path.Join(copy, Path.GetFileName(file)));
        return copy;
    }

    public void Sql(string command)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var sql = connection.CreateCommand();
        sql.CommandText = command;
        Assert.NotEqual(0, sql.ExecuteNonQuery());
    }

    /// <summary>Changes the last byte of a record's envelope.</summary>
    public void FlipByte(string type, string id)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT envelope FROM record WHERE type = $type AND id = $id";
        read.Parameters.AddWithValue("$type", type);
        read.Parameters.AddWithValue("$id", id);
        var envelope = (byte[])read.ExecuteScalar()!;
        envelope[^1] ^= 1;
        using var write = connection.CreateCommand();
        write.CommandText = "UPDATE record SET envelope = $envelope WHERE type = $type AND id = $id";
        write.Parameters.AddWithValue("$type", type);
        write.Parameters.AddWithValue("$id", id);
        write.Parameters.AddWithValue("$envelope", envelope);
        Assert.Equal(1, write.ExecuteNonQuery());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindSample()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Join(folder, "HybridStore.sln")))
                return Path.Join(folder, "samples", "WhatsAppBot", "auth_info");
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
