namespace HybridStore.LoadTest.Traces;

/// <summary>A group that the bot is in.</summary>
/// <param name="Own">The bot's own sender key.</param>
/// <param name="Memory">Who has it.</param>
/// <param name="Senders">The sender keys of those who write there.</param>
internal sealed record GroupModel(AuthKey Own, AuthKey Memory, List<AuthKey> Senders);
