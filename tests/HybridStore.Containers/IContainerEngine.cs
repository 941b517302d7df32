namespace HybridStore.Containers;

/// <summary>Starts containers.</summary>
internal interface IContainerEngine
{
    /// <summary>Whether there is an engine that answers.</summary>
    bool Answers { get; }

    /// <inheritdoc cref="ServerContainers.StartRedisAsync"/>
    Task<ServerContainer> StartRedisAsync(string[] arguments);

    /// <inheritdoc cref="ServerContainers.StartPostgreSqlAsync"/>
    Task<ServerContainer> StartPostgreSqlAsync(string password, string[] settings);

    /// <inheritdoc cref="ServerContainers.StartMongoDbAsync"/>
    Task<ServerContainer> StartMongoDbAsync();
}
