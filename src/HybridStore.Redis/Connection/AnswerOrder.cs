using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>
/// Before 2.0 the driver hands out a connection's answers one after another, and who waited for one goes on before the next is handed out: somebody who blocks
/// there, even only to dispose of the connection, keeps all others from theirs. No order is needed here: who needs one waits for the answer before.
/// </summary>
internal static class AnswerOrder
{
    /// <summary>Lets each answer be handed out by itself. Found by name, since newer drivers have it only for older callers, and warn of it.</summary>
    public static void SetFree(IConnectionMultiplexer multiplexer) =>
        typeof(IConnectionMultiplexer).GetProperty("PreserveAsyncOrder")?.SetValue(multiplexer, false);
}
