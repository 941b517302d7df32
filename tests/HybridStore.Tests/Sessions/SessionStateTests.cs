using HybridStore.Coordination;
using HybridStore.Sessions;

namespace HybridStore.Tests.Sessions;

public class SessionStateTests
{
    [Fact]
    public void TryObserve_NeverGoesBack()
    {
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), TimeProvider.System), TaskCreationOptions.None);
        state.TryObserve(new SeenMark(1, 5), shown: true);
        state.TryObserve(new SeenMark(1, 4), shown: true);

        Assert.Equal(new SeenMark(1, 5), state.Seen);
    }

    [Fact]
    public void TryObserve_AnEndThatTheCallerDoesNotKnow_MustBeShownFirst()
    {
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), TimeProvider.System), TaskCreationOptions.None);
        state.TryObserve(new SeenMark(1, 5), shown: true);

        state.TryObserve(SeenMark.EndOf(1), shown: false);
        Assert.False(state.EndWasShown);

        state.TryObserve(SeenMark.EndOf(1), shown: true);
        Assert.True(state.EndWasShown);
    }

    [Fact]
    public void TryObserve_AnotherLifeThatTheCallerDoesNotKnow_MustBeShownFirst()
    {
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), TimeProvider.System), TaskCreationOptions.None);
        state.TryObserve(new SeenMark(1, 5), shown: true);

        state.TryObserve(new SeenMark(2, 1), shown: false);
        Assert.False(state.EndWasShown);

        state.TryObserve(new SeenMark(2, 1), shown: true);
        Assert.True(state.EndWasShown);
    }

    [Fact]
    public void TryObserve_TheFirstLook_ShowsEverything()
    {
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), TimeProvider.System), TaskCreationOptions.None);
        state.TryObserve(SeenMark.EndOf(3), shown: false);

        Assert.True(state.EndWasShown);
    }
}
