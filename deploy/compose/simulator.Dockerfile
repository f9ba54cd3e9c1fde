# The strict provider and the upstream that the compose file tries the gateways against. Build it from the repository's root.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble-aot AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/TokenGateway.Simulator/TokenGateway.Simulator.csproj src/TokenGateway.Simulator/packages.lock.json src/TokenGateway.Simulator/
RUN dotnet restore src/TokenGateway.Simulator --locked-mode
COPY .editorconfig BannedSymbols.txt ./
COPY src/TokenGateway.Simulator src/TokenGateway.Simulator
RUN dotnet publish src/TokenGateway.Simulator -c Release --no-restore -o /publish

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
ENV ASPNETCORE_HTTP_PORTS= \
    DOTNET_EnableDiagnostics=0
WORKDIR /app
COPY --from=build /publish ./
USER $APP_UID
EXPOSE 9090 9091
ENTRYPOINT ["dotnet", "/app/TokenGateway.Simulator.dll"]
