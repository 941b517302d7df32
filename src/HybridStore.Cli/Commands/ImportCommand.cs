using System.CommandLine;
using HybridStore.Baileys;
using HybridStore.Cli.Reports;
using HybridStore.DependencyInjection;
using HybridStore.Redis;

namespace HybridStore.Cli.Commands;

/// <summary>Creates a session from what another program has left.</summary>
internal sealed class ImportCommand : SessionCommand
{
    private const string Redis = "redis";
    private const string DefaultPrefix = "session";

    private static readonly Dictionary<string, ForeignFormat> Formats = new()
    {
        ["folder"] = ForeignFormat.Folder,
        ["baileys-redis-auth"] = ForeignFormat.BaileysRedisAuth,
        ["baileys-redis-auth-keys"] = ForeignFormat.BaileysRedisAuthKeys,
        ["evolution"] = ForeignFormat.Evolution,
        ["mongo-baileys"] = ForeignFormat.MongoBaileys,
    };

    private readonly FolderArgument _source = new(
        $"The folder that Baileys' useMultiFileAuthState wrote, or the redis:CONNECTION of another format (redis alone takes it from {EnvironmentNames.ImportRedis}), or the file that mongoexport made of a collection of mongo-baileys. It is only read. Stop the bot first.");

    private readonly Option<string> _format = new("--format")
    {
        Description = $"What it is: {string.Join(", ", Formats.Keys)}.",
        HelpName = "FORMAT",
        DefaultValueFactory = static _ => "folder",
    };

    private readonly Option<string?> _key = new("--key")
    {
        Description = $"Which state in Redis: the prefix of baileys-redis-auth (default: {DefaultPrefix}), or the whole key of Evolution's hash, such as evolution:instance:ID.",
        HelpName = "KEY",
    };

    private readonly Option<string?> _creds = new("--creds") { Description = "A file with the credentials, where they are not in Redis: Evolution's may be in its database.", HelpName = "FILE" };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Read and check everything, and write nothing.", Arity = ArgumentArity.Zero };

    public ImportCommand()
        : base("import", "Import a Baileys auth state as a new session: all of it or nothing.")
    {
        Add(_source);
        foreach (var option in (Option[])[_format, _key, _creds, _dryRun])
            Add(option);
        Validators.Add(command =>
        {
            if (GivenTo(_format, command) is { } named && !Formats.ContainsKey(named))
            {
                command.AddError($"--format is none of {string.Join(", ", Formats.Keys)}.");
                return;
            }

            var format = Formats[GivenTo(_format, command) ?? "folder"];
            if (format is ForeignFormat.Folder or ForeignFormat.MongoBaileys && (GivenTo(_key, command) ?? GivenTo(_creds, command)) is not null)
                command.AddError("--key and --creds are for formats in Redis: give --format too.");
            if (format == ForeignFormat.Evolution && GivenTo(_key, command) is null)
                command.AddError("Evolution's hash has a key for each instance: give it with --key, such as evolution:instance:ID.");
            if (GivenTo(_key, command) is "")
                command.AddError("--key is empty text.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var dryRun = context.Arguments.GetValue(_dryRun);
        var source = context.Arguments.GetRequiredValue(_source);
        var format = Formats[context.Arguments.GetRequiredValue(_format)];
        var started = context.Time.GetTimestamp();
        await using var reader = format is ForeignFormat.Folder or ForeignFormat.MongoBaileys ? null : await ConnectAsync(source, cancellationToken);
        IForeignSource? foreign = reader is not null
            ? new ForeignSource(reader, format, context.Arguments.GetValue(_key) ?? DefaultPrefix, await CredsAsync(context, cancellationToken))
            : format == ForeignFormat.MongoBaileys ? new MongoBaileysFile(source) : null;
        var store = await OpenStoreAsync(context, dryRun ? StoreUse.EmptyIfMissing : StoreUse.CreateIfMissing, cancellationToken);
        var result = await context.Output.WithProgressAsync(
            dryRun ? "Checking" : $"Importing into {session}",
            progress =>
            {
                var options = new BaileysImportOptions { DryRun = dryRun, Progress = progress };
                return foreign is null
                    ? BaileysImporter.ImportAsync(store, session, source, options, cancellationToken)
                    : BaileysImporter.ImportAsync(store, session, foreign.ReadAsync, foreign.Naming, options, cancellationToken);
            });
        context.Output.Report(new ImportReport(
            session.Tenant,
            session.Session,
            dryRun,
            result.Session?.Incarnation,
            result.Session?.Version,
            result.Records,
            result.Bytes,
            result.RewrittenRecords,
            result.IgnoredNames,
            foreign?.LeftOut ?? [],
            result.Types,
            context.SecondsSince(started)));
        return null;
    }

    private static async Task<RedisForeignReader> ConnectAsync(string source, CancellationToken cancellationToken)
    {
        if (source == Redis)
        {
            source = Environment.GetEnvironmentVariable(EnvironmentNames.ImportRedis) is { Length: > 0 } named
                ? named.StartsWith($"{Redis}:", StringComparison.Ordinal) || named.StartsWith("rediss:", StringComparison.Ordinal) ? named : $"{Redis}:{named}"
                : throw new UsageException($"{EnvironmentNames.ImportRedis} is not set. Set it to the connection string of the Redis to import from.");
        }

        if (!HotTierUri.TryParse(source, out var uri) || uri.Scheme is not (Redis or "rediss"))
            throw new UsageException($"This format is in Redis: give {Redis}:CONNECTION, or {Redis} and {EnvironmentNames.ImportRedis}.");
        try
        {
            return await RedisForeignReader.ConnectAsync(uri.Rest.StartsWith("//", StringComparison.Ordinal) ? $"{uri.Scheme}:{uri.Rest}" : uri.Rest, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private async Task<ReadOnlyMemory<byte>?> CredsAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Arguments.GetValue(_creds) is not { } path)
            return null;
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--creds: the file {path} can't be read.");
        }
    }
}
