using HybridStore;
using HybridStore.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers stores.</summary>
public static class HybridAuthStoreServiceCollectionExtensions
{
    /// <summary>Registers <see cref="IAuthStateStore"/>: by default, hot in this process's memory and cold in an SQLite file.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options in code, over configuration and environment.</param>
    /// <returns>A builder that chooses other tiers.</returns>
    /// <exception cref="InvalidOperationException">A store without a key is registered already.</exception>
    public static IHybridAuthStoreBuilder AddHybridAuthStore(this IServiceCollection services, Action<HybridAuthStoreOptions>? configure = null) =>
        Add(services, serviceKey: null, configuration: null, configure);

    /// <summary>Registers <see cref="IAuthStateStore"/> with options from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section whose keys are the properties of <see cref="HybridAuthStoreOptions"/>.</param>
    /// <param name="configure">Sets options in code, over configuration and environment.</param>
    /// <returns>A builder that chooses other tiers.</returns>
    /// <exception cref="InvalidOperationException">A store without a key is registered already.</exception>
    public static IHybridAuthStoreBuilder AddHybridAuthStore(
        this IServiceCollection services, IConfiguration configuration, Action<HybridAuthStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(services, serviceKey: null, configuration, configure);
    }

    /// <summary>Registers <see cref="IAuthStateStore"/> with the options of a preset, which code and the environment are over.</summary>
    /// <param name="services">The services.</param>
    /// <param name="preset">Where the store runs.</param>
    /// <param name="configure">Sets options in code, over preset and environment.</param>
    /// <returns>A builder that chooses other tiers.</returns>
    /// <exception cref="InvalidOperationException">A store without a key is registered already.</exception>
    public static IHybridAuthStoreBuilder AddHybridAuthStore(
        this IServiceCollection services, HybridAuthStorePreset preset, Action<HybridAuthStoreOptions>? configure = null) =>
        Add(services, serviceKey: null, configuration: null, configure, preset);

    /// <summary>Registers <see cref="IAuthStateStore"/> with the options of a preset, which a section of the configuration is over.</summary>
    /// <param name="services">The services.</param>
    /// <param name="preset">Where the store runs.</param>
    /// <param name="configuration">The section whose keys are the properties of <see cref="HybridAuthStoreOptions"/>.</param>
    /// <param name="configure">Sets options in code, over preset, configuration and environment.</param>
    /// <returns>A builder that chooses other tiers.</returns>
    /// <exception cref="InvalidOperationException">A store without a key is registered already.</exception>
    public static IHybridAuthStoreBuilder AddHybridAuthStore(
        this IServiceCollection services, HybridAuthStorePreset preset, IConfiguration configuration, Action<HybridAuthStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(services, serviceKey: null, configuration, configure, preset);
    }

    /// <summary>Registers a store under a service key, beside others.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key. The options' name is its text.</param>
    /// <param name="configure">Sets options in code, over configuration and environment.</param>
    /// <returns>A builder that chooses other tiers.</returns>
    /// <exception cref="InvalidOperationException">A store with this key is registered already.</exception>
    public static IHybridAuthStoreBuilder AddKeyedHybridAuthStore(
        this IServiceCollection services, object serviceKey, Action<HybridAuthStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        return Add(services, serviceKey, configuration: null, configure);
    }

    /// <summary>Registers a store under a service key, with options from a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="serviceKey">The key. The options' name is its text.</param>
    /// <param name="configuration">The section whose keys are the properties of <see cref="HybridAuthStoreOptions"/>.</param>
    /// <param name="configure">Sets options in code, over configuration and environment.</param>
    /// <returns>A builder that chooses other tiers.</returns>
    /// <exception cref="InvalidOperationException">A store with this key is registered already.</exception>
    public static IHybridAuthStoreBuilder AddKeyedHybridAuthStore(
        this IServiceCollection services, object serviceKey, IConfiguration configuration, Action<HybridAuthStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(services, serviceKey, configuration, configure);
    }

    private static HybridAuthStoreBuilder Add(
        IServiceCollection services, object? serviceKey, IConfiguration? configuration, Action<HybridAuthStoreOptions>? configure, HybridAuthStorePreset? preset = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(d => d.ServiceType == typeof(IAuthStateStore) && Equals(d.ServiceKey, serviceKey)))
        {
            throw new InvalidOperationException(
                serviceKey is null
                    ? "A HybridAuthStore is registered already. Register a second one under a key, with AddKeyedHybridAuthStore."
                    : $"A HybridAuthStore is registered already under the key '{serviceKey}'.");
        }

        var name = serviceKey?.ToString() ?? Options.Options.DefaultName;
        var builder = new HybridAuthStoreBuilder(services, serviceKey, name);
        var options = services.AddOptions<HybridAuthStoreOptions>(name);
        if (preset is { } chosen)
            options.Configure(o => o.Use(chosen));
        if (configuration is not null)
            options.Bind(configuration);
        services.AddSingleton<IConfigureOptions<HybridAuthStoreOptions>>(new EnvironmentOptions(name));
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HybridAuthStoreOptions>, HybridAuthStoreOptionsValidation>());

        // One instance under two service types: the interface for use, the class for who starts and disposes of it.
        if (serviceKey is null)
        {
            services.AddSingleton(builder.Build);
            services.AddSingleton<IAuthStateStore>(static p => p.GetRequiredService<HybridAuthStore>());
            services.AddSingleton<IHostedService>(static p => new HybridAuthStoreStarter(
                p.GetRequiredService<HybridAuthStore>(), p.GetService<ILogger<HybridAuthStore>>()));
        }
        else
        {
            services.AddKeyedSingleton(serviceKey, (p, _) => builder.Build(p));
            services.AddKeyedSingleton<IAuthStateStore>(serviceKey, static (p, key) => p.GetRequiredKeyedService<HybridAuthStore>(key));
            services.AddSingleton<IHostedService>(p => new HybridAuthStoreStarter(
                p.GetRequiredKeyedService<HybridAuthStore>(serviceKey), p.GetService<ILogger<HybridAuthStore>>()));
        }

        return builder;
    }
}
