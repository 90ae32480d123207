#include "app/app.h"

int main(int argc, char** argv) {
  return xplenty::Run(argc, argv);
}
