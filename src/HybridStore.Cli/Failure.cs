using System.CommandLine;
using System.Text.Json;
using HybridStore.Baileys;
using HybridStore.Cli.Reports;
using HybridStore.Codec;
using Microsoft.Extensions.Options;

namespace HybridStore.Cli;

/// <summary>Why the tool did not do what it was asked: for people, for programs, and as an exit code.</summary>
internal sealed record Failure(int ExitCode, ErrorReport Report)
{
    public static Failure Of(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested =>
            new Failure(Cli.ExitCode.Cancelled, new ErrorReport("cancelled", "Cancelled. Nothing was changed.")),
        UsageException => OfUsage(exception.Message),
        OptionsValidationException e => new Failure(Cli.ExitCode.Usage, new ErrorReport("options", string.Join(' ', e.Failures))),
        AuthStoreException e => new Failure(Cli.ExitCode.Failed, Describe(e)),
        _ => new Failure(
            Cli.ExitCode.Failed,
            new ErrorReport("unexpected", $"{exception.GetType().Name}: {exception.Message} ({EnvironmentNames.Debug}=1 shows where.)")),
    };

    public static Failure OfUsage(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        // The first only: the others follow from it, and one line is one line. What is unknown comes before what is missing because of it.
        var command = parsed.CommandResult.Command;
        var path = command.Name;
        for (var parent = command.Parents.OfType<Command>().FirstOrDefault(); parent is not null; parent = parent.Parents.OfType<Command>().FirstOrDefault())
            path = $"{parent.Name} {path}";
        var message = parsed.UnmatchedTokens.Count > 0 ? $"Unknown command or argument '{WithoutPassword(parsed.UnmatchedTokens[0])}'." : parsed.Errors[0].Message;
        return OfUsage($"{WithoutKeys(message, arguments)} See: {path} --help");
    }

    private static Failure OfUsage(string message) => new(Cli.ExitCode.Usage, new ErrorReport("usage", message));

    private static ErrorReport Describe(AuthStoreException exception)
    {
        // What is public in the library is stable here: SessionNotFoundException is "sessionNotFound".
        var type = CamelCase(exception.GetType().Name[..^nameof(Exception).Length]);
        var report = new ErrorReport(type, exception.Message)
        {
            Transient = exception.IsTransient,
            Tenant = exception.Session?.Tenant,
            Session = exception.Session?.Session,
        };
        return exception switch
        {
            EnvelopeException e => report with { Record = RecordName.Of(e.Key), Fault = CamelCase(e.Fault.ToString()) },
            MasterKeyException e => report with { Fault = CamelCase(e.Fault.ToString()) },
            AuditTrailException e => report with { File = e.Path },
            InvalidAuthInputException e => report with { Fault = CamelCase(e.Fault.ToString()) },
            // What is to be mended, and does not pass by itself, is inside.
            StoreUnavailableException { InnerException: StoreUnusableException inside } e =>
                report with { Tier = e.Tier, Transient = false, Fault = CamelCase(inside.Reason.ToString()) },
            StoreUnavailableException e => report with { Tier = e.Tier },
            OutboxParkedException e => report with { Version = e.Version },
            HistoryUnreachableException e => report with { Version = e.Version },
            BackupException e => report with { Fault = CamelCase(e.Fault.ToString()), File = e.Path },
            StoreUnusableException e => report with { Tier = e.Tier, Fault = CamelCase(e.Reason.ToString()) },
            BaileysFormatException e => report with
            {
                Record = e.Key is { } key ? RecordName.Of(key) : null,
                Fault = CamelCase(e.Reason.ToString()),
                File = e.FileName,
                Position = e.BytePosition,
            },
            _ => report,
        };
    }

    public static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    // A connection string with a space in it is two arguments.
    private static string WithoutPassword(string argument) =>
        argument.Contains("password", StringComparison.OrdinalIgnoreCase) ? "(a password)" : argument;

    // The parser quotes what it does not know, and somebody may have given it the key.
    private static string WithoutKeys(string message, IReadOnlyList<string> arguments)
    {
        foreach (var argument in arguments)
        {
            foreach (var part in (string[])[argument, argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..]])
            {
                if (message.Contains(part, StringComparison.Ordinal) && IsMasterKey(part))
                    return message.Replace(part, "(a key)", StringComparison.Ordinal) + $" The master key is taken from {EnvironmentNames.MasterKey} only.";
            }
        }

        return message;
    }

    private static bool IsMasterKey(string text)
    {
        try
        {
            MasterKey.Parse(text).Dispose();
            return true;
        }
        catch (MasterKeyException)
        {
            return false;
        }
    }
}
