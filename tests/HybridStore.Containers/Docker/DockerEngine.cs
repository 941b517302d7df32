using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Testcontainers.MongoDb;
using Testcontainers.PostgreSql;
using Testcontainers.Redis;

namespace HybridStore.Containers.Docker;

/// <summary>Docker, by Testcontainers.</summary>
#pragma warning disable CA1812 // Made by name.
internal sealed class DockerEngine : IContainerEngine
#pragma warning restore CA1812
{
    public bool Answers => TestcontainersSettings.OS.DockerEndpointAuthConfig is not null;

    public Task<ServerContainer> StartRedisAsync(string[] arguments) =>
        StartAsync(new RedisBuilder("redis:7.2.16").WithCommand(arguments).Build(), static c => c.GetConnectionString());

    public Task<ServerContainer> StartPostgreSqlAsync(string password, string[] settings)
    {
        // Testcontainers switches these off, of which the tier rightly warns.
        string[] durable = ["fsync=on", "full_page_writes=on", "synchronous_commit=on"];
        var container = new PostgreSqlBuilder("postgres:17.11")
            .WithPassword(password)
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --no-locale")
            .WithCommand([.. durable.Concat(settings).SelectMany(static setting => (string[])["-c", setting])])
            .Build();
        return StartAsync(container, static c => c.GetConnectionString());
    }

    public Task<ServerContainer> StartMongoDbAsync() =>
        StartAsync(new MongoDbBuilder("mongo:7.0.40").WithReplicaSet().Build(), static c => c.GetConnectionString());

    private static async Task<ServerContainer> StartAsync<T>(T container, Func<T, string> connectionString)
        where T : IContainer
    {
        try
        {
            await container.StartAsync().ConfigureAwait(false);
            return new ServerContainer(container, connectionString(container));
        }
        catch
        {
            await container.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
