using System.Text.Json;
using TokenGateway.Simulator.Faults;

namespace TokenGateway.Simulator.Http;

/// <summary>Writes <c>expires_in</c>, or what a fault makes of it.</summary>
internal static class ExpiresIn
{
    public static void WriteExpiresIn(this Utf8JsonWriter json, long value, Fault? fault)
    {
        if (fault is not Fault.Expiry odd)
        {
            json.WriteNumber("expires_in", value);
        }
        else if (odd.ExpiresIn is not null)
        {
            json.WritePropertyName("expires_in");
            json.WriteRawValue(odd.ExpiresIn);
        }
    }
}
