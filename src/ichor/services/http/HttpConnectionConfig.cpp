#include <ichor/services/http/HttpConnectionConfig.h>

#include "PropertyReader.h"
#include "SocketAddress.h"

namespace Ichor {

Expected<HttpConnectionConfig, StartError> HttpConnectionConfig::from(Properties const &properties) {
    HttpConnectionConfig config;
    Detail::PropertyReader reader(properties);
    reader.read("Address", config.address);
    reader.check(Detail::SocketAddress::parse(config.address, 0).has_value(), "Address",
                 "an IPv4 or IPv6 address or \"localhost\", but is \"" + config.address + '"');
    reader.read("Port", config.port);
    reader.check(config.port != 0, "Port", "from 1 to 65535");
    reader.readTime("Timeout", config.timeout);
    reader.read("Connections", config.connections);
    reader.check(config.connections > 0, "Connections", "above zero");
    reader.read("HeaderBytes", config.headerBytes);
    reader.read("BodyBytes", config.bodyBytes);
    if (reader.error()) return unexpected<StartError>(*reader.error());
    return config;
}

} // namespace Ichor
