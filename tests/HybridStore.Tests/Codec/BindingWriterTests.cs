using System.Buffers;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class BindingWriterTests
{
    [Fact]
    public void Add_OfFieldsAndNames_WritesThemAsTheFormatSays()
    {
        var writer = new BindingWriter(stackalloc byte[BindingWriter.StackSize]);
        writer.Add([0xaa, 0xbb]);
        writer.Add(0x0102_0304_0506_0708);
        writer.AddName("é");
        writer.AddName("");

        Assert.Equal("aabb" + "0102030405060708" + "00000002c3a9" + "00000000", Convert.ToHexStringLower(writer.Written));
        writer.Dispose();
    }

    // What the pool gives may hold what an earlier writer wrote: other bytes each time, or a writer that loses its beginning is not noticed.
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(BindingWriter.StackSize - 1)]
    [InlineData(BindingWriter.StackSize)]
    [InlineData(BindingWriter.StackSize + 1)]
    public void Add_BeyondTheBuffer_KeepsWhatWasWritten(int fieldSize)
    {
        var random = new Random(fieldSize);
        var expected = new List<byte>();
        var writer = new BindingWriter(stackalloc byte[BindingWriter.StackSize]);
        while (expected.Count < 5 * BindingWriter.StackSize)
        {
            var field = new byte[fieldSize];
            random.NextBytes(field);
            writer.Add(field);
            expected.AddRange(field);
            Assert.True(writer.Written.SequenceEqual(expected.ToArray()));
        }

        writer.Dispose();
    }

    [Fact]
    public void Dispose_Twice_GivesTheBufferBackOnce()
    {
        var writer = new BindingWriter(stackalloc byte[4]);
        writer.Add([1, 2, 3, 4, 5]);

        writer.Dispose();
        writer.Dispose();

        // A buffer given back twice would be rented by two at once.
        var one = ArrayPool<byte>.Shared.Rent(16);
        var two = ArrayPool<byte>.Shared.Rent(16);
        Assert.NotSame(one, two);
    }
}
