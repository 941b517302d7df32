namespace HybridStore.FaultLab.Proxy;

/// <summary>What a <see cref="FaultProxy"/> does to what goes through it.</summary>
internal enum ProxyFault
{
    None,

    /// <summary>Everything comes late.</summary>
    Delay,

    /// <summary>Connections are taken and nothing is ever answered; those that are open fall silent.</summary>
    HalfOpen,

    /// <summary>Nobody is let in, and all are cut off.</summary>
    Refuse,

    /// <summary>A request is cut off before it was forwarded.</summary>
    CutBeforeRequest,

    /// <summary>A request is forwarded, and the connection cut off before its reply.</summary>
    CutBeforeReply,

    /// <summary>Requests are forwarded, and their replies dropped.</summary>
    DropReplies,

    /// <summary>Requests are dropped.</summary>
    DropRequests,
}
