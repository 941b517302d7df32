namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>Where in a round trip the connection is cut.</summary>
public enum CutPoint
{
    Nowhere,

    /// <summary>The server gets nothing.</summary>
    BeforeTheRequest,

    /// <summary>The server has the statement, and not what would end its transaction.</summary>
    BeforeItsEnd,

    /// <summary>The server has everything; nothing comes back.</summary>
    BeforeTheAnswer,

    /// <summary>The answer has begun.</summary>
    BeforeTheRow,

    /// <summary>The result is there; that the transaction is over is not.</summary>
    BeforeTheTransactionIsOver,
}
