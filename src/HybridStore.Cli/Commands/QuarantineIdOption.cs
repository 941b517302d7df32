using System.CommandLine;
using HybridStore.Cli.Reports;

namespace HybridStore.Cli.Commands;

/// <summary>Which of the quarantine.</summary>
internal sealed class QuarantineIdOption : Option<string>
{
    public QuarantineIdOption()
        : base("--id")
    {
        Description = "Which, as quarantine list names it.";
        HelpName = "ID";
        Required = true;
    }

    /// <summary>There is none of this id.</summary>
    public static Failure NotThere(AuthSessionId session, string id) => new(
        ExitCode.Failed,
        new ErrorReport("notInQuarantine", $"Session {session} has no {id} in quarantine. Nothing was changed.") { Tenant = session.Tenant, Session = session.Session });
}
