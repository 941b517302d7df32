namespace HybridStore.Redis.Hot;

/// <summary>Reads words of a text, one blank between each two, without making strings of them.</summary>
/// <param name="text">The text.</param>
internal ref struct WordReader(ReadOnlySpan<byte> text)
{
    private const byte Blank = (byte)' ';

    private ReadOnlySpan<byte> _rest = text;
    private bool _isOver;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <exception cref="FormatException">There is none any more.</exception>
    public ReadOnlySpan<byte> Next()
    {
        if (_isOver)
            throw new FormatException("A word is missing.");
        var end = _rest.IndexOf(Blank);
        _isOver = end < 0;
        var word = _isOver ? _rest : _rest[..end];
        _rest = _isOver ? default : _rest[(end + 1)..];
        return word;
    }

    /// <summary>Digits only, all of them.</summary>
    /// <exception cref="FormatException">The word is none.</exception>
    /// <exception cref="OverflowException">It is too large.</exception>
    public long Number()
    {
        var number = 0L;
        var word = _rest;
        var i = 0;
        for (; i < word.Length && word[i] != Blank; i++)
        {
            var digit = word[i] - (uint)'0';
            if (digit > 9)
                throw new FormatException("A word is not a number.");
            number = checked((number * 10) + digit);
        }

        if (i == 0)
            throw new FormatException("A word is missing.");
        _isOver = i == word.Length;
        _rest = _isOver ? default : word[(i + 1)..];
        return number;
    }

    public bool IsZero() => Next() is [(byte)'0'];

    public void Skip(int words)
    {
        for (var i = 0; i < words; i++)
            _ = Next();
    }
}
