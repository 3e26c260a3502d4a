#include "Block.h"

namespace Ichor::Detail {

constinit Block const Block::TWO{2};
constinit Block const Block::SPACE{' '};
constinit Block const Block::BACKSLASH{'\\'};

} // namespace Ichor::Detail
