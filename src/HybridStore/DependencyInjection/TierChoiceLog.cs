using HybridStore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.DependencyInjection;

/// <summary>Says which tier was chosen and by what; in production, a default that nobody chose is a warning.</summary>
internal sealed class TierChoiceLog(IServiceProvider provider)
{
    private readonly ILogger _logger = (ILogger?)provider.GetService<ILogger<HybridAuthStore>>() ?? NullLogger.Instance;

    public TierChoice Cold(TierChoice choice) => Say(
        choice,
        "cold",
        "the sessions are in a file of this machine, which another one does not see and a container loses when it is replaced",
        $"{EnvironmentOptions.Cold}, {TierChoice.MongoDbVariable} or {TierChoice.DatabaseVariable}");

    public TierChoice Hot(TierChoice choice) => Say(
        choice, "hot", "it is this process's own, and nothing is taken while the database is away", $"{EnvironmentOptions.Hot} or {TierChoice.RedisVariable}");

    private TierChoice Say(TierChoice choice, string tier, string consequence, string variables)
    {
        if (choice.IsDefault && IsProduction())
            Log.TierByDefault(_logger, tier, choice.Scheme, consequence, variables);
        else
            Log.TierChosen(_logger, tier, choice.Scheme, choice.Source);
        return choice;
    }

    private bool IsProduction() => provider.GetService<IHostEnvironment>() is { } host
        ? host.IsProduction()
        : string.Equals(
            Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT"),
            Environments.Production,
            StringComparison.OrdinalIgnoreCase);
}
