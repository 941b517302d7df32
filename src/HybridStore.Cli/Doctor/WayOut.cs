namespace HybridStore.Cli.Doctor;

/// <summary>A way out of a state.</summary>
/// <param name="Does">What it does, or what to do where there is no command for it.</param>
/// <param name="Command">The command, as a shell takes it; FILE and the like are left to fill in. <see langword="null"/>: it is done elsewhere.</param>
/// <param name="Costs">What is lost.</param>
/// <param name="Keeps">What is not.</param>
/// <param name="Pairing">Whether the bot must pair again: <c>no</c>, <c>maybe</c> or <c>yes</c>.</param>
internal sealed record WayOut(string Does, string? Command, string Costs, string Keeps, string Pairing);
