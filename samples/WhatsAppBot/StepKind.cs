namespace WhatsAppBot;

/// <summary>What happens to a bot, as far as its auth state is concerned.</summary>
internal enum StepKind
{
    /// <summary>A message from somebody it knows.</summary>
    Receive,

    /// <summary>The first message of somebody new, who used up one of the bot's pre-keys.</summary>
    ReceiveFirst,

    /// <summary>An answer, encrypted for each device of the peer and of the bot's own account.</summary>
    Reply,

    /// <summary>A message in a group.</summary>
    GroupReceive,

    /// <summary>A message to a group.</summary>
    GroupSend,

    /// <summary>New pre-keys for those who will write first.</summary>
    PreKeys,

    /// <summary>A change of the credentials themselves.</summary>
    Creds,
}
