using System.Text;
using HybridStore.Backup;

namespace HybridStore.Tests.Backup;

public class PreKeyCountersTests
{
    [Theory]
    [InlineData("""{"nextPreKeyId":1,"firstUnuploadedPreKeyId":1}""", """{"nextPreKeyId":65537,"firstUnuploadedPreKeyId":65537}""")]
    [InlineData("""{"a":{"nextPreKeyId":5},"b":[1,2], "nextPreKeyId" : 10 ,"c":"é"}""", """{"a":{"nextPreKeyId":5},"b":[1,2], "nextPreKeyId" : 65546 ,"c":"é"}""")]
    [InlineData("""{"nextPreKeyId":16777215,"firstUnuploadedPreKeyId":16777000}""", """{"nextPreKeyId":65536,"firstUnuploadedPreKeyId":65536}""")]
    public void Advance_Counters_MoveTogetherAndNothingElseChanges(string creds, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(PreKeyCounters.Advance(Encoding.UTF8.GetBytes(creds))!));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"nextPreKeyId":"5"}""")]
    [InlineData("""{"nextPreKeyId":-5}""")]
    [InlineData("""{"nextPreKeyId":5""")]
    [InlineData("""{"me":1}""")]
    public void Advance_AnotherForm_IsLeftAlone(string creds) => Assert.Null(PreKeyCounters.Advance(Encoding.UTF8.GetBytes(creds)));
}
