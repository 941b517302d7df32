namespace HybridStore.Containers;

/// <summary>Starts servers in containers, for machines that have a Docker engine and not the servers' programs.</summary>
public static class ServerContainers
{
    // By name: where the package feed lacks Testcontainers, what uses it is not compiled, and this says so.
    private static readonly IContainerEngine? Engine =
        typeof(ServerContainers).Assembly.GetType("HybridStore.Containers.Docker.DockerEngine") is { } type ? (IContainerEngine)Activator.CreateInstance(type)! : null;

    /// <summary>Why there is none to be had here, as a part of a sentence; null if there is.</summary>
    public static string? Lack => Engine switch
    {
        null => "the package feed lacks Testcontainers for a container",
        { Answers: false } => "no Docker engine answers for a container",
        _ => null,
    };

    /// <summary>Starts a Redis with arguments as its program takes them, such as <c>--appendonly yes</c>.</summary>
    public static Task<ServerContainer> StartRedisAsync(params string[] arguments) => There().StartRedisAsync(arguments);

    /// <summary>Starts a PostgreSQL whose superuser is <c>postgres</c>, with settings such as <c>max_connections=10</c>.</summary>
    public static Task<ServerContainer> StartPostgreSqlAsync(string password, params string[] settings) => There().StartPostgreSqlAsync(password, settings);

    /// <summary>Starts a MongoDB as a replica set of one, which transactions need.</summary>
    public static Task<ServerContainer> StartMongoDbAsync() => There().StartMongoDbAsync();

    private static IContainerEngine There() => Engine ?? throw new NotSupportedException($"There is no container to be had: {Lack}.");
}
