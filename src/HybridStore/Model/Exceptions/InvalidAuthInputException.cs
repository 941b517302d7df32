namespace HybridStore;

/// <summary>A name, value or patch that no store takes. Nothing was changed.</summary>
public sealed class InvalidAuthInputException : AuthStoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="part">Which part of the input.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="message">The same for people.</param>
    public InvalidAuthInputException(AuthInputPart part, AuthInputFault fault, string message)
        : base(message)
    {
        Part = part;
        Fault = fault;
    }

    /// <summary>Which part of the input was refused.</summary>
    public AuthInputPart Part { get; }

    /// <summary>What was wrong with it.</summary>
    public AuthInputFault Fault { get; }
}
