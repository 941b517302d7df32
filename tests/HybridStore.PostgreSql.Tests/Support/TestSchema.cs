using System.Text;
using HybridStore.Conformance.Stores;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>A schema for one test.</summary>
internal sealed class TestSchema : IAsyncDisposable
{
    public string Name { get; } = $"test_{Guid.NewGuid():N}";

    public PostgreSqlColdTierOptions Options => new() { Schema = Name, OperationTimeout = TimeSpan.FromMinutes(1) };

    /// <summary>Runs a statement; <c>hybridstore.</c> in it is this schema.</summary>
    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = await (await SharedServer.SourceAsync()).OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql.Replace("hybridstore.", $"{Name}.", StringComparison.Ordinal), connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Every row of every table, as the server writes it: bytes in hex.</summary>
    public async IAsyncEnumerable<StoreDump> DumpAsync()
    {
        await using var connection = await (await SharedServer.SourceAsync()).OpenConnectionAsync();
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = @schema", connection))
        {
            command.Parameters.AddWithValue("schema", Name);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }

        foreach (var table in tables)
        {
            // The table's name comes from the server's own list.
#pragma warning disable CA2100
            await using var command = new NpgsqlCommand($"SELECT t::text FROM {Name}.\"{table}\" t", connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                yield return new StoreDump($"the table {table}", Encoding.UTF8.GetBytes(reader.GetString(0)));
        }
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync($"DROP SCHEMA IF EXISTS {Name} CASCADE");
}
