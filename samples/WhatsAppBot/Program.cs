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

// The whole set-up: the master key comes from HYBRIDSTORE_MASTER_KEY; hot is this process's memory, cold is SQLite, unless told otherwise.
builder.Services.AddHybridAuthStore(options =>
{
    if (arguments.Cold is not null)
        options.Cold = arguments.Cold;
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
