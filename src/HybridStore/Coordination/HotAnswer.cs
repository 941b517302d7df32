namespace HybridStore.Coordination;

/// <summary>Whether hot could be asked for what was queued.</summary>
internal enum HotAnswer
{
    /// <summary>None that queues is configured.</summary>
    None,

    /// <summary>It does not answer.</summary>
    Silent,

    /// <summary>It answered.</summary>
    Answered,
}
