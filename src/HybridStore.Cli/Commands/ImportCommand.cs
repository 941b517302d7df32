using System.CommandLine;
using HybridStore.Baileys;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Creates a session from a folder.</summary>
internal sealed class ImportCommand : SessionCommand
{
    private readonly FolderArgument _folder = new("The folder that Baileys' useMultiFileAuthState wrote. It is only read. Stop the bot first.");

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Read and check everything, and write nothing.", Arity = ArgumentArity.Zero };

    public ImportCommand()
        : base("import", "Import a Baileys auth folder as a new session: all of it or nothing.")
    {
        Add(_folder);
        Add(_dryRun);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var dryRun = context.Arguments.GetValue(_dryRun);
        var folder = context.Arguments.GetRequiredValue(_folder);
        var started = context.Time.GetTimestamp();
        var store = await OpenStoreAsync(context, dryRun ? StoreUse.EmptyIfMissing : StoreUse.CreateIfMissing, cancellationToken);
        var result = await context.Output.WithProgressAsync(
            dryRun ? "Checking" : $"Importing into {session}",
            progress => BaileysImporter.ImportAsync(
                store, session, folder, new BaileysImportOptions { DryRun = dryRun, Progress = progress }, cancellationToken));
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
            result.Types,
            context.SecondsSince(started)));
        return null;
    }
}
