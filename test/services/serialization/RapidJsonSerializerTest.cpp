#include <ichor/services/serialization/RapidJsonSerializer.h>

namespace {

template <class T>
using Serializer = Ichor::RapidJsonSerializer<T>;
using Reader = Ichor::Detail::RapidJsonReader;

} // namespace

#define ICHOR_JSON_ENGINE "RapidJSON"
#include "JsonSerializerSuite.h"
