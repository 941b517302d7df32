namespace HybridStore.Properties.Support;

/// <summary>What bad input may do.</summary>
internal static class Refused
{
    /// <summary>Runs it, and accepts success or a typed exception; any other one fails.</summary>
    /// <returns>The exception, if there was one.</returns>
    public static AuthStoreException? OrNot(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (AuthStoreException e)
        {
            return e;
        }
        catch (Exception e)
        {
            throw Untyped(e);
        }
    }

    /// <summary>The same for what waits.</summary>
    public static async Task<AuthStoreException?> OrNotAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (AuthStoreException e)
        {
            return e;
        }
        catch (Exception e)
        {
            throw Untyped(e);
        }
    }

    private static Xunit.Sdk.XunitException Untyped(Exception e) => new($"An untyped exception came out: {e}");
}
