using HybridStore.Baileys;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Makes a folder of a session.</summary>
internal sealed class ExportCommand : SessionCommand
{
    private readonly FolderArgument _folder = new("The folder to make, which must not exist or be empty. It will hold private keys in the clear.");

    public ExportCommand()
        : base("export", "Export a session as a Baileys auth folder: all of it or nothing.") => Add(_folder);

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var folder = context.Arguments.GetRequiredValue(_folder);
        var started = context.Time.GetTimestamp();
        var store = await OpenStoreAsync(context, cancellationToken);
        var result = await context.Output.WithProgressAsync(
            $"Exporting {session}",
            progress => BaileysExporter.ExportAsync(store, session, folder, new BaileysExportOptions { Progress = progress }, cancellationToken));
        context.Output.Report(new ExportReport(
            session.Tenant,
            session.Session,
            result.Session.Incarnation,
            result.Session.Version,
            result.Directory,
            result.Records,
            result.Bytes,
            result.Types,
            context.SecondsSince(started)));
        return null;
    }
}
