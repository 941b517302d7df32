using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace HybridStore.Codec;

/// <summary>
/// Writes what a ciphertext is bound to: fields of fixed size as they are, names as their length (4 bytes, big-endian) and their UTF-8,
/// so that no two places are ever written the same.
/// </summary>
internal ref struct BindingWriter
{
    /// <summary>Room for the names of ordinary length on the stack.</summary>
    public const int StackSize = 512;

    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    public BindingWriter(Span<byte> stack) => _buffer = stack;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Add(ReadOnlySpan<byte> field)
    {
        field.CopyTo(Reserve(field.Length));
        _length += field.Length;
    }

    public void Add(ulong field)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Reserve(sizeof(ulong)), field);
        _length += sizeof(ulong);
    }

    public void AddName(string name)
    {
        var room = Reserve(sizeof(uint) + Encoding.UTF8.GetMaxByteCount(name.Length));
        var bytes = Encoding.UTF8.GetBytes(name, room[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32BigEndian(room, (uint)bytes);
        _length += sizeof(uint) + bytes;
    }

    /// <summary>Gives a rented buffer back. Names are no secret, so it is not cleared.</summary>
    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        _buffer = default;
    }

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + size, 2 * _buffer.Length));
            Written.CopyTo(larger);
            if (_rented is not null)
                ArrayPool<byte>.Shared.Return(_rented);
            _buffer = _rented = larger;
        }

        return _buffer[_length..];
    }
}
