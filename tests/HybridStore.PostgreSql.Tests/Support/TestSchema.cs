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

    public async ValueTask DisposeAsync() => await ExecuteAsync($"DROP SCHEMA IF EXISTS {Name} CASCADE");
}
