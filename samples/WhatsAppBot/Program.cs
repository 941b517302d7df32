using HybridStore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WhatsAppBot;

if (!BotArguments.TryParse(args, out var arguments, out var fault))
{
    Console.Error.WriteLine($"{fault}\n\n{BotArguments.Usage}");
    return 2;
}

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // what stops the host is told below, in one line

// Each commit that goes past a Redis that is away says so; that it is away, the tier itself says once.
if (arguments.Redis is not null)
    builder.Logging.AddFilter("HybridStore.HybridAuthStore", LogLevel.Error);

// The whole set-up: the master key comes from HYBRIDSTORE_MASTER_KEY; hot is this process's memory, cold is SQLite, unless told otherwise.
builder.Services.AddHybridAuthStore(options =>
{
    if (arguments.Cold is not null)
        options.Cold = arguments.Cold;
    if (arguments.Redis is null)
        return;

    // The same as .UseRedis(arguments.Redis). What was received may wait there for the database: WhatsApp would deliver it again. What is sent may not, and says so in its patch.
    options.Hot = $"redis:{arguments.Redis}";
    foreach (var type in (string[])[AuthKeyTypes.Session, AuthKeyTypes.SenderKey, AuthKeyTypes.IdentityKey, AuthKeyTypes.PreKey, Progress.Key.Type])
        options.Outbox.Durability[type] = Durability.Queued;
});
builder.Services.AddSingleton(arguments);
builder.Services.AddHostedService<Bot>();

try
{
    await builder.Build().RunAsync();
    return Environment.ExitCode;
}
catch (Exception e) when (e is AuthStoreException or OptionsValidationException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
