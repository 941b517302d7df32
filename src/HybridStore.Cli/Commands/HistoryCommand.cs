using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Lists the versions that a session can be rolled back to, or the former versions of one of its records.</summary>
internal sealed class HistoryCommand : SessionCommand
{
    private readonly Option<string?> _type = new("--type") { Description = "With --id: the former versions of one record, of this type.", HelpName = "TYPE" };

    private readonly Option<string?> _id = new("--id") { Description = "The record's id.", HelpName = "ID" };

    public HistoryCommand()
        : base("history", "List the versions that a session can be rolled back to, newest first, or the former versions of one of its records. No value is opened.")
    {
        Add(_type);
        Add(_id);
        Validators.Add(command =>
        {
            if (GivenTo(_type, command) is null != GivenTo(_id, command) is null)
                command.AddError("--type and --id name a record together.");
        });
    }

    public override async Task<Failure?> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var session = SessionOf(context);
        var store = await OpenStoreAsync(context, cancellationToken);
        var count = 0;
        if (context.Arguments.GetValue(_type) is { } type && context.Arguments.GetValue(_id) is { } id)
        {
            var key = new AuthKey(type, id);
            await context.Output.ListAsync(
                store.History.ListAsync(session, key, cancellationToken).Select(v => Counted(RecordVersionReport.Of(v))),
                "versions",
                () => new HistoryReport(session.Tenant, session.Session, RecordName.Of(key), count));
        }
        else
        {
            await context.Output.ListAsync(
                store.History.ListAsync(session, cancellationToken).Select(v => Counted(HistoryVersionReport.Of(v))),
                "versions",
                () => new HistoryReport(session.Tenant, session.Session, Record: null, count));
        }

        return null;

        T Counted<T>(T row)
        {
            count++;
            return row;
        }
    }
}
