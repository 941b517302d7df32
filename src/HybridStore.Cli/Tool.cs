using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using HybridStore.Cli.Commands;
using HybridStore.Cli.Output;

namespace HybridStore.Cli;

/// <summary>The tool as a whole: finds the command, runs it, and turns whatever happens into one line and an exit code.</summary>
internal sealed class Tool(Terminal terminal, TimeProvider time)
{
    private const string About = """
        Moves the auth state of WhatsApp bots into a HybridStore, out of it, and looks after what is in it.

        Environment:
          HYBRIDSTORE_MASTER_KEY  the master key, 32 bytes in base64 or hex; make one with `hybridstore keygen`
          HYBRIDSTORE_COLD        the store, if --cold is not given; else MONGODB_URL or DATABASE_URL
          HYBRIDSTORE_HOT         the hot tier, if --hot is not given; else REDIS_URL
          HYBRIDSTORE_AUDIT_FILE  where it is recorded what is exported, deleted and so on; see docs/audit.md
          NO_COLOR                plain text on a terminal too
          HYBRIDSTORE_DEBUG=1     stack traces of failures

        Exit codes: 0 done, 1 failed or damaged, 2 wrong usage, 3 records that no key here opens, 4 doctor found
        what waits for a person, 130 cancelled.
        """;

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write one JSON document to standard output, errors included.",
        Recursive = true,
        Arity = ArgumentArity.Zero,
    };

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        // No response files: "@" may begin a name.
        var parsed = CreateRoot().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var code = parsed.Action is ParseErrorAction
            ? Refuse(parsed, arguments)
            : await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = terminal.Text,
                Error = terminal.Error,

                // An import that is undone takes a while; cut short, the database undoes it when it is opened next.
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
        await terminal.Text.FlushAsync();
        return code;
    }

    // Not a RootCommand: its name would be that of the assembly.
    internal Command CreateRoot()
    {
        var root = new Command("hybridstore", About) { new HelpOption(), new VersionOption(), _json };
        ToolCommand[] commands =
        [
            new ImportCommand(), new ExportCommand(), new ListCommand(), new ShowCommand(), new VerifyCommand(), new DeleteCommand(), new EraseCommand(),
            new BackupCommand(), new RestoreCommand(), new HistoryCommand(), new RollbackCommand(), new MigrateCommand(), new KeygenCommand(),
            new DoctorCommand(), new AcknowledgeCommand(), new AcceptCommand(),
        ];
        AddTo(root, commands);
        var outbox = new Command("outbox", "Looks after commits that are queued in the hot tier and wait for the store.");
        AddTo(
            outbox,
            [
                new OutboxListCommand(), new OutboxShowCommand(), new OutboxRetryCommand(), new OutboxDiscardCommand(), new OutboxAbandonCommand(), new OutboxReconcileCommand(),
            ]);
        root.Add(outbox);
        var quarantine = new Command("quarantine", "Looks after damaged envelopes that were replaced.");
        AddTo(quarantine, [new QuarantineListCommand(), new QuarantineAddCommand(), new QuarantineExportCommand(), new QuarantineDiscardCommand()]);
        root.Add(quarantine);
        var keys = new Command("keys", "Looks after the master keys and the data keys.");
        AddTo(keys, [new KeysListCommand(), new KeysRotateCommand(), new KeysReencryptCommand(), new KeysRevokeCommand(), new KeysDeleteCommand()]);
        root.Add(keys);
        var audit = new Command("audit", $"Looks into a file of {EnvironmentNames.AuditFile}: who opened, exported, deleted and so on.");
        AddTo(audit, [new AuditVerifyCommand(), new AuditShowCommand()]);
        root.Add(audit);
        return root;
    }

    private void AddTo(Command parent, ToolCommand[] commands)
    {
        foreach (var command in commands)
        {
            command.SetAction((parsed, cancellationToken) => ExecuteAsync(command, parsed, cancellationToken));
            parent.Add(command);
        }
    }

    private async Task<int> ExecuteAsync(ToolCommand command, ParseResult parsed, CancellationToken cancellationToken)
    {
        // The parser listens to Ctrl+C from when this first yields, which a database on this machine may never do.
        await Task.Yield();
        using var output = CreateOutput(parsed.GetValue(_json));
        try
        {
            await using var context = new CommandContext(parsed, output, terminal.Error, time);
            return await command.RunAsync(context, cancellationToken) is { } failure ? Say(failure, output, null) : ExitCode.Done;
        }
#pragma warning disable CA1031 // Whatever it is, the caller gets one line and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Say(Failure.Of(e, cancellationToken), output, e);
        }
    }

    private int Refuse(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        // The parser may have stopped before --json.
        using var output = CreateOutput(arguments.Contains(_json.Name));
        return Say(Failure.OfUsage(parsed, arguments), output, null);
    }

    private OutputWriter CreateOutput(bool json) =>
        json ? new JsonOutput(terminal.Bytes) : terminal.IsRich ? RichOutput.Create(terminal.Text) : new PlainOutput(terminal.Text);

    private int Say(Failure failure, OutputWriter output, Exception? exception)
    {
        output.Error(failure.Report);
        terminal.Error.WriteLine(Printable.Line($"hybridstore: {failure.Report.Message}"));
        if (terminal.IsDebug && exception is not null)
            terminal.Error.WriteLine(exception);
        return failure.ExitCode;
    }
}
