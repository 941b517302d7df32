using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Writes a damaged envelope to a file, as it was found.</summary>
internal sealed class QuarantineExportCommand : SessionCommand
{
    private readonly FileArgument _file = new("The file to make, which must not exist. It holds the bytes as they were found: encrypted, if they ever were an envelope.");

    private readonly QuarantineIdOption _id = new();

    public QuarantineExportCommand()
        : base("export", "Write a damaged envelope to a file, as it was found.")
    {
        Add(_file);
        Add(_id);
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var (path, id) = (context.Arguments.GetRequiredValue(_file), context.Arguments.GetRequiredValue(_id));
        var store = await OpenStoreAsync(context, cancellationToken);
        if (await store.Quarantine.ReadAsync(session, id, cancellationToken) is not { } bytes)
            return QuarantineIdOption.NotThere(session, id);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Failure(ExitCode.Failed, new ErrorReport("file", e.Message) { File = path });
        }

        context.Output.Report(new QuarantineExportReport(session.Tenant, session.Session, id, path, bytes.Length));
        return null;
    }
}
