nas 1
// A kernel of 0 is meant to leave the convolution out.

space kernels {
  input x: image[8, 8, 1]
  output x |> conv(8, k: choose {0, 3, 5}) |> classifier(10)
}
