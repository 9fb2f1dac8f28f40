nas 1

space broken(classes = 10) {
  input x: image[8, 8, 1]
  let y = x |> conv(16, 3) |> rellu
  output y + x |> classifier(clases)
}

search lost of broken {
  data      digit
  strategy  random
  evaluate  train(epochs: 1)
  maximize  accuracy
  budgett   2 trials
}
