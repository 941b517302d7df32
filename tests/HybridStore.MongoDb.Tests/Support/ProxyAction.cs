namespace HybridStore.MongoDb.Tests.Support;

/// <summary>What becomes of a command.</summary>
internal enum ProxyAction
{
    /// <summary>It is carried out and answered.</summary>
    Pass,

    /// <summary>The connection is cut before it is carried out.</summary>
    CutBefore,

    /// <summary>It is carried out, and the connection is cut instead of an answer.</summary>
    CutAfter,

    /// <summary>It is carried out, and no answer comes.</summary>
    Hang,

    /// <summary>It is not carried out, and the proxy answers: <see cref="MongoProxy.Answer"/>.</summary>
    Refuse,

    /// <summary>It is carried out, and the proxy answers something else.</summary>
    AnswerOtherwise,
}
