using System.Globalization;
using Vlm.Core.Engine;

namespace Vlm.Api.Requests;

/// <summary>Headers by which a client says how urgent a request is.</summary>
internal static class RequestHeaders
{
    /// <summary>Seconds that the client waits at most.</summary>
    public const string Timeout = "X-Request-Timeout";

    /// <summary><c>interactive</c> or <c>batch</c>.</summary>
    public const string Priority = "X-Request-Priority";

    /// <summary>The time that the client gives, no more than the server's.</summary>
    /// <exception cref="RequestException">It is no finite number above 0.</exception>
    public static TimeSpan ReadTimeout(HttpRequest http, int serverSeconds)
    {
        if (http.Headers[Timeout] is not [.., { } text])
        {
            return TimeSpan.FromSeconds(serverSeconds);
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double seconds) && seconds > 0 && double.IsFinite(seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, serverSeconds))
            : throw new RequestException(
                FaultKind.Invalid, Timeout, $"expected a number of seconds above 0, found '{JsonScalars.Short(text)}'.");
    }

    /// <summary>The priority that the client asks for.</summary>
    /// <exception cref="RequestException">It is none.</exception>
    public static RequestPriority ReadPriority(HttpRequest http) => http.Headers[Priority] switch
    {
        [] or [.., "interactive"] => RequestPriority.Interactive,
        [.., "batch"] => RequestPriority.Batch,
        [.., var other] => throw new RequestException(
            FaultKind.Invalid, Priority, $"expected interactive or batch, found '{JsonScalars.Short(other ?? "")}'."),
    };
}
