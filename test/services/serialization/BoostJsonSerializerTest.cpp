#include <ichor/services/serialization/BoostJsonSerializer.h>

namespace {

template <class T>
using Serializer = Ichor::BoostJsonSerializer<T>;
using Reader = Ichor::Detail::BoostJsonReader;

} // namespace

#define ICHOR_JSON_ENGINE "Boost.JSON"
#include "JsonSerializerSuite.h"
