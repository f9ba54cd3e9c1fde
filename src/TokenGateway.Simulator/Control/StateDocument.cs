using System.Text.Json;
using TokenGateway.Simulator.Http;

namespace TokenGateway.Simulator.Control;

/// <summary>The simulator's state as JSON, without tokens and secrets.</summary>
internal static class StateDocument
{
    public static Answer Of(SimulatorHost host) => Answer.Json(200, json =>
    {
        json.WriteString("baseUrl", host.BaseUrl);
        json.WriteString("upstreamUrl", host.UpstreamUrl);
        json.WriteBoolean("down", host.Faults.IsDown);
        WriteCounters(json, host.Counters);
        WriteFamilies(json, host);
        json.WriteStartObject("pendingFaults");
        json.WriteNumber("token", host.Faults.Token.Pending);
        json.WriteNumber("validate", host.Faults.Validate.Pending);
        json.WriteEndObject();
    });

    private static void WriteCounters(Utf8JsonWriter json, SimulatorCounters counters)
    {
        json.WriteStartObject("counters");
        json.WriteNumber("rotations", counters.Rotations);
        json.WriteNumber("reuses", counters.Reuses);
        json.WriteNumber("reusesInGrace", counters.ReusesInGrace);
        json.WriteNumber("mostPresentationsOfOneRefreshToken", counters.Provider.MostPresentationsOfOneRefreshToken);
        json.WriteNumber("mostRotationsOfOneRefreshToken", counters.Provider.MostRotationsOfOneRefreshToken);
        json.WriteNumber("refused", counters.Provider.Refused);
        json.WriteNumber("rateLimited", counters.Provider.RateLimited);
        json.WriteNumber("validations", counters.Provider.Validations);
        json.WriteNumber("tokenCalls", counters.TokenCalls);
        json.WriteNumber("validateCalls", counters.ValidateCalls);
        json.WriteNumber("faulted", counters.Faulted);
        json.WriteNumber("upstreamRequests", counters.UpstreamRequests);
        json.WriteNumber("naked", counters.Naked);
        json.WriteNumber("unauthorized", counters.Unauthorized);
        json.WriteEndObject();
    }

    private static void WriteFamilies(Utf8JsonWriter json, SimulatorHost host)
    {
        json.WriteStartArray("families");
        foreach (var family in host.Provider.Families)
        {
            json.WriteStartObject();
            json.WriteString("family", family.Family);
            json.WriteNumber("generation", family.Generation);
            json.WriteBoolean("revoked", family.IsRevoked);
            json.WriteNumber("reuses", family.Reuses);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
