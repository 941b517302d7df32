using HybridStore.Coordination;
using HybridStore.Sessions;

namespace HybridStore.Tests.Coordination;

public class SessionStateTests
{
    [Fact]
    public void Observe_NeverGoesBack()
    {
        using var state = new SessionState();
        state.Observe(new SeenMark(1, 5), shown: true);
        state.Observe(new SeenMark(1, 4), shown: true);

        Assert.Equal(new SeenMark(1, 5), state.Seen);
    }

    [Fact]
    public void Observe_AnEndThatTheCallerDoesNotKnow_MustBeShownFirst()
    {
        using var state = new SessionState();
        state.Observe(new SeenMark(1, 5), shown: true);

        state.Observe(SeenMark.EndOf(1), shown: false);
        Assert.False(state.EndWasShown);

        state.Observe(SeenMark.EndOf(1), shown: true);
        Assert.True(state.EndWasShown);
    }

    [Fact]
    public void Observe_AnotherLifeThatTheCallerDoesNotKnow_MustBeShownFirst()
    {
        using var state = new SessionState();
        state.Observe(new SeenMark(1, 5), shown: true);

        state.Observe(new SeenMark(2, 1), shown: false);
        Assert.False(state.EndWasShown);

        state.Observe(new SeenMark(2, 1), shown: true);
        Assert.True(state.EndWasShown);
    }

    [Fact]
    public void Observe_TheFirstLook_ShowsEverything()
    {
        using var state = new SessionState();
        state.Observe(SeenMark.EndOf(3), shown: false);

        Assert.True(state.EndWasShown);
    }
}
