namespace HybridStore.Containers;

/// <summary>A server in a container, which is gone once this is disposed, or else soon after the process has ended.</summary>
public sealed class ServerContainer : IAsyncDisposable
{
    private readonly IAsyncDisposable _container;

    internal ServerContainer(IAsyncDisposable container, string connectionString)
    {
        _container = container;
        ConnectionString = connectionString;
    }

    /// <summary>How the server is reached, with its user and password.</summary>
    public string ConnectionString { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _container.DisposeAsync();
}
